"""Digests of every checklist over all techniques, by procedure and version.

A changed checklist needs a new version, so that records tell them apart.
"""

PINNED = {
    ("knee-injection", "2"): "1ac8f94f789b306e",
    ("glenohumeral-injection", "1"): "97d215e1128eda65",
    ("subacromial-injection", "1"): "456b66209265b480",
    ("wrist-injection", "1"): "1d5094d46baec324",
    ("hip-injection", "1"): "be2b76e5b332122f",
    ("ankle-injection", "1"): "3da4e24809cd7d3b",
    ("finger-injection", "1"): "b7e4d2c81f72f62d",
    ("tendon-sheath-injection", "1"): "751b4e60c2753e64",
    ("bursa-injection", "1"): "c8e99fc13449cd20",
    ("knee-aspiration", "1"): "f1c06bf4a6d44a1b",
    ("glenohumeral-aspiration", "1"): "2f417003fe336297",
    ("subacromial-aspiration", "1"): "3ce6099ad053a94d",
    ("wrist-aspiration", "1"): "b29f86df16d7b0e1",
    ("hip-aspiration", "1"): "eceb502370a88432",
    ("ankle-aspiration", "1"): "dd819c4d8b6b88d0",
    ("finger-aspiration", "1"): "e28e048b4d992fc3",
    ("tendon-sheath-aspiration", "1"): "a0528e4cf48ea25d",
    ("bursa-aspiration", "1"): "a5d954ec8183bb06",
    ("carpal-tunnel-injection", "1"): "457191a3b1ef091d",
    ("lumbar-facet-injection", "1"): "70a7b21a224fbe72",
    ("lumbar-transforaminal-injection", "1"): "781cd919645e0cba",
    ("caudal-epidural-injection", "1"): "6297d6bd91022e07",
    ("sacroiliac-injection", "1"): "4d4bc921e78bb925",
    ("knee-synovial-biopsy", "1"): "a02104cde3fdeb46",
    ("wrist-synovial-biopsy", "1"): "6ac09a4e012c56ee",
    ("ankle-synovial-biopsy", "1"): "7fddd1a6e6743c0e",
    ("finger-synovial-biopsy", "1"): "7936641fd865781b",
    ("glenohumeral-synovial-biopsy", "1"): "4f258333e6e3ca2d",
    ("hip-synovial-biopsy", "1"): "9217ec7d17e871dd",
    ("rotator-cuff-barbotage", "1"): "fc1ef6f7c58a1bd1",
}
