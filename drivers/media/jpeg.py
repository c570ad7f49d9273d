"""What the bytes of a JPEG tell without decoding them."""


def is_cut_jpeg(data: bytes) -> bool:
    """Whether a JPEG breaks off; decoders fill up the rest with grey and say nothing.

    The end mark FF D9 cannot occur inside the data that follow FF DA (ITU-T T.81, B.1.1.5).
    """
    return data.rfind(b"\xff\xd9") <= data.rfind(b"\xff\xda")
