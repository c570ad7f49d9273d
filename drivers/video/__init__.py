"""Video sources: attached devices, files, network streams and DICOM."""
