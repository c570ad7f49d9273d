"""Digests of every checklist over all techniques, by procedure and version.

A changed checklist needs a new version, so that records tell them apart.
"""

PINNED = {
    ("knee-injection", "3"): "dd7e56d1e297eff5",
    ("glenohumeral-injection", "2"): "0e6676232027eda6",
    ("subacromial-injection", "2"): "0a2869780df3a8e9",
    ("wrist-injection", "2"): "95de98dcf6788f15",
    ("hip-injection", "2"): "9bc291c2bde9fb91",
    ("ankle-injection", "2"): "a8be2725bdfad71c",
    ("finger-injection", "2"): "0ef2f32090af48e3",
    ("tendon-sheath-injection", "2"): "ceb131cc7259c8fd",
    ("bursa-injection", "2"): "242877ca348c9b6f",
    ("knee-aspiration", "2"): "62f5b216a3abd076",
    ("glenohumeral-aspiration", "2"): "117a5c6f20f22f5e",
    ("subacromial-aspiration", "2"): "1491315fcd255ce1",
    ("wrist-aspiration", "2"): "d31fe385c2ce5646",
    ("hip-aspiration", "2"): "04c52a8c06b69f85",
    ("ankle-aspiration", "2"): "cfd444586ceb8ec1",
    ("finger-aspiration", "2"): "d5bcd0c1a2c2f979",
    ("tendon-sheath-aspiration", "2"): "754fee414374221c",
    ("bursa-aspiration", "2"): "87a680ea5434dbbe",
    ("carpal-tunnel-injection", "2"): "4ff85547ff021de6",
    ("lumbar-facet-injection", "2"): "2d8f6dfb119189f5",
    ("lumbar-transforaminal-injection", "2"): "fa769fe145eadc1c",
    ("caudal-epidural-injection", "2"): "68047ae53aab6647",
    ("sacroiliac-injection", "2"): "f336607c5d770188",
    ("knee-synovial-biopsy", "2"): "df65095bfa509ec9",
    ("wrist-synovial-biopsy", "2"): "9d96d785f8d16099",
    ("ankle-synovial-biopsy", "2"): "355791470dceb806",
    ("finger-synovial-biopsy", "2"): "680cb0865f962519",
    ("glenohumeral-synovial-biopsy", "2"): "ba95f2959cb3c561",
    ("hip-synovial-biopsy", "2"): "abded993dc92f225",
    ("rotator-cuff-barbotage", "2"): "8ce6d40ec0835a59",
}
