"""Digests of every checklist over all techniques, by procedure and version.

A changed checklist needs a new version, so that records tell them apart.
"""

PINNED = {
    ("knee-injection", "2"): "199b3d27b74d4f23",
    ("glenohumeral-injection", "1"): "1135840473d73f88",
    ("subacromial-injection", "1"): "e2189dd730937c61",
    ("wrist-injection", "1"): "1776b24afc9b6669",
    ("hip-injection", "1"): "24b16c253fe14dce",
    ("ankle-injection", "1"): "0d04e27ca65e9720",
    ("finger-injection", "1"): "4efedc863bc7be9d",
    ("tendon-sheath-injection", "1"): "e5fa86663067c4d6",
    ("bursa-injection", "1"): "8f5d828cb2a88176",
    ("knee-aspiration", "1"): "2a0b6c7b80051cea",
    ("glenohumeral-aspiration", "1"): "6630740b0ac28061",
    ("subacromial-aspiration", "1"): "da5ebf5c9b6ecc75",
    ("wrist-aspiration", "1"): "6ce6370799ab6405",
    ("hip-aspiration", "1"): "99adb725e66b7c08",
    ("ankle-aspiration", "1"): "1f12328a2f220916",
    ("finger-aspiration", "1"): "ddbe08d7c0dbaad7",
    ("tendon-sheath-aspiration", "1"): "d4784a2767970228",
    ("bursa-aspiration", "1"): "6b0bf40476cbeb12",
    ("carpal-tunnel-injection", "1"): "284edf7d69934a26",
    ("lumbar-facet-injection", "1"): "5490b4a2ef7f7f34",
    ("lumbar-transforaminal-injection", "1"): "bf24cc8ac2a665dd",
    ("caudal-epidural-injection", "1"): "a1386e80b131ed87",
    ("sacroiliac-injection", "1"): "1e09f8e899329c4d",
    ("knee-synovial-biopsy", "1"): "d7a0441876f6090b",
    ("wrist-synovial-biopsy", "1"): "0f7c9426814a5ecf",
    ("ankle-synovial-biopsy", "1"): "3bd1c1ea72d5b595",
    ("finger-synovial-biopsy", "1"): "09452a48389aec98",
    ("glenohumeral-synovial-biopsy", "1"): "7a6d21342d945423",
    ("hip-synovial-biopsy", "1"): "8881403490df48ba",
    ("rotator-cuff-barbotage", "1"): "61f6a007de4cad75",
}
