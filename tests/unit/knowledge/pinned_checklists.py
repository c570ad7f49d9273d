"""Digests of every checklist over all techniques, by procedure and version.

A changed checklist needs a new version, so that records tell them apart.
"""

PINNED = {
    ("knee-injection", "3"): "a8a3971d6171c70b",
    ("glenohumeral-injection", "2"): "c791e0545e755a98",
    ("subacromial-injection", "2"): "7a0a7ac66faecca1",
    ("wrist-injection", "2"): "6a6130915d783541",
    ("hip-injection", "2"): "12601b229eee9ec7",
    ("ankle-injection", "2"): "58ddf725d523e359",
    ("finger-injection", "2"): "d61624ed69f823b6",
    ("tendon-sheath-injection", "2"): "794be14d61bb9dfe",
    ("bursa-injection", "2"): "6e4c4193fd49ce97",
    ("knee-aspiration", "2"): "3a26ae924189e39b",
    ("glenohumeral-aspiration", "2"): "4f1e75ebbe4ad717",
    ("subacromial-aspiration", "2"): "4c2b2be65fc60ca4",
    ("wrist-aspiration", "2"): "5834354bb7ecb8b2",
    ("hip-aspiration", "2"): "be50d1e84c30bfd3",
    ("ankle-aspiration", "2"): "27d6613f072ccfbc",
    ("finger-aspiration", "2"): "8a7c3dc3bcbf3a02",
    ("tendon-sheath-aspiration", "2"): "eebe1e4aef14d4d4",
    ("bursa-aspiration", "2"): "cb98ac3b4978e7eb",
    ("carpal-tunnel-injection", "2"): "ae1f4501331f86f3",
    ("lumbar-facet-injection", "2"): "e014409ccfbb42bb",
    ("lumbar-transforaminal-injection", "2"): "5aacca3ed4b0a4c4",
    ("caudal-epidural-injection", "2"): "9147f3a277cb822b",
    ("sacroiliac-injection", "2"): "817f292981e79504",
    ("knee-synovial-biopsy", "2"): "8a44e127bee43825",
    ("wrist-synovial-biopsy", "2"): "977c8d7f68f780a5",
    ("ankle-synovial-biopsy", "2"): "5d501a0a0abb78f1",
    ("finger-synovial-biopsy", "2"): "0fe76f0d35e90288",
    ("glenohumeral-synovial-biopsy", "2"): "dccd104e10cb0b75",
    ("hip-synovial-biopsy", "2"): "2b20a8b2cca3d538",
    ("rotator-cuff-barbotage", "2"): "3030973568676539",
}
