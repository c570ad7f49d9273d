"""What video drivers share: decoding, and playing files at their own pace."""
