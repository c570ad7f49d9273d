"""Digests of every checklist over all techniques, by procedure and version.

A changed checklist needs a new version, so that records tell them apart.
"""

PINNED = {
    ("knee-injection", "2"): "8a1ccc2e2af74025",
    ("glenohumeral-injection", "1"): "beab9b4d34055b3e",
    ("subacromial-injection", "1"): "f01a0605febbcac0",
    ("wrist-injection", "1"): "eb74038246009dfa",
    ("hip-injection", "1"): "e9fc75223f3ce3f2",
    ("ankle-injection", "1"): "d482c63842f25a60",
    ("finger-injection", "1"): "796891fc4d4d1b4e",
    ("tendon-sheath-injection", "1"): "23a611826d4e5518",
    ("bursa-injection", "1"): "467c0da88fbf9463",
    ("knee-aspiration", "1"): "b2d07200fa3dbf7e",
    ("glenohumeral-aspiration", "1"): "494adce38b3f81ed",
    ("subacromial-aspiration", "1"): "763a907084f1febf",
    ("wrist-aspiration", "1"): "b10b450ef94e46bf",
    ("hip-aspiration", "1"): "3d2d1ce9d8155fb7",
    ("ankle-aspiration", "1"): "20af07d56c9750fe",
    ("finger-aspiration", "1"): "84ebbc2eef2f5f92",
    ("tendon-sheath-aspiration", "1"): "e036fdaf89ed6c49",
    ("bursa-aspiration", "1"): "89adb7d4b0f6e8cf",
    ("carpal-tunnel-injection", "1"): "a1e8bf4079e02a48",
    ("lumbar-facet-injection", "1"): "80a00eb27d3123e2",
    ("lumbar-transforaminal-injection", "1"): "ce72fc7982385723",
    ("caudal-epidural-injection", "1"): "ee94fb964580ce08",
    ("sacroiliac-injection", "1"): "bbb3abe2bebac9d9",
    ("knee-synovial-biopsy", "1"): "67920bc2d42f138c",
    ("wrist-synovial-biopsy", "1"): "d4dbfe3449b4fab9",
    ("ankle-synovial-biopsy", "1"): "0716eef2d02582b6",
    ("finger-synovial-biopsy", "1"): "29db326b89c5edb3",
    ("glenohumeral-synovial-biopsy", "1"): "370b2ab197a80925",
    ("hip-synovial-biopsy", "1"): "821875c8c4fb12a3",
    ("rotator-cuff-barbotage", "1"): "0ff690a0853ae8d0",
}
