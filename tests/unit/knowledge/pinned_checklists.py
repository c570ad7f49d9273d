"""Digests of every checklist over all techniques, by procedure and version.

A changed checklist needs a new version, so that records tell them apart.
"""

PINNED = {
    ("knee-injection", "2"): "bd26a3c3604decdc",
    ("glenohumeral-injection", "1"): "c51792b6ebc94343",
    ("subacromial-injection", "1"): "07ddbef77aa3024c",
    ("wrist-injection", "1"): "6e9b9011b87586b7",
    ("hip-injection", "1"): "efa8719a551eb4a2",
    ("ankle-injection", "1"): "624e9fed529e0c36",
    ("finger-injection", "1"): "bb5ef682c446e1c7",
    ("tendon-sheath-injection", "1"): "ed9bb9fe7ba10f1b",
    ("bursa-injection", "1"): "859f19d0325ac129",
    ("knee-aspiration", "1"): "a3615518071ad3ff",
    ("glenohumeral-aspiration", "1"): "bde7fa7ac7dc210d",
    ("subacromial-aspiration", "1"): "162913969d111f27",
    ("wrist-aspiration", "1"): "67a262f001a3987c",
    ("hip-aspiration", "1"): "4b8c11e85fdeab83",
    ("ankle-aspiration", "1"): "d57cbdc0ef2baebd",
    ("finger-aspiration", "1"): "ea68460505dbf1d9",
    ("tendon-sheath-aspiration", "1"): "9baecfbecfa44a13",
    ("bursa-aspiration", "1"): "38799ce216354416",
    ("carpal-tunnel-injection", "1"): "6638fd075a04d55f",
    ("lumbar-facet-injection", "1"): "928e2b5096756381",
    ("lumbar-transforaminal-injection", "1"): "fcad34918d6faa30",
    ("caudal-epidural-injection", "1"): "76dda43a5174e38c",
    ("sacroiliac-injection", "1"): "86ac59173ba58609",
    ("knee-synovial-biopsy", "1"): "5465c1b8fee7568d",
    ("wrist-synovial-biopsy", "1"): "c9c5ed237f7f7aa0",
    ("ankle-synovial-biopsy", "1"): "e30f41b2ec9150ba",
    ("finger-synovial-biopsy", "1"): "b803fe3bd193150a",
    ("glenohumeral-synovial-biopsy", "1"): "527810b2d7d711d8",
    ("hip-synovial-biopsy", "1"): "1035599c69471cc5",
    ("rotator-cuff-barbotage", "1"): "343ac77e3361ae99",
}
