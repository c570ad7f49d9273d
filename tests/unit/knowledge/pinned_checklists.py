"""Digests of every checklist over all techniques, by procedure and version.

A changed checklist needs a new version, so that records tell them apart.
"""

PINNED = {
    ("knee-injection", "2"): "49c1011be2963807",
    ("glenohumeral-injection", "1"): "fd526dae818faacf",
    ("subacromial-injection", "1"): "1b9aa93bcafeb1c4",
    ("wrist-injection", "1"): "6a6a0227bd6ca8fd",
    ("hip-injection", "1"): "1ddef0480b7c90e3",
    ("ankle-injection", "1"): "ff30e181553cd855",
    ("finger-injection", "1"): "ea98b8013d4e0e6b",
    ("tendon-sheath-injection", "1"): "d932b6724967e85a",
    ("bursa-injection", "1"): "71a8b77760054130",
    ("knee-aspiration", "1"): "5ef2270dc5d0d6f2",
    ("glenohumeral-aspiration", "1"): "d5b27ffaa978e22d",
    ("subacromial-aspiration", "1"): "b9a44f0db22613c3",
    ("wrist-aspiration", "1"): "575eea591eaa365d",
    ("hip-aspiration", "1"): "1b27a04e8c345723",
    ("ankle-aspiration", "1"): "d26f1f4d6f318dfc",
    ("finger-aspiration", "1"): "be75fb16d4cb4f63",
    ("tendon-sheath-aspiration", "1"): "bbe417fa0e360b03",
    ("bursa-aspiration", "1"): "2607105bf2e24c15",
    ("carpal-tunnel-injection", "1"): "9ca11db164af54a8",
    ("lumbar-facet-injection", "1"): "5937fd20a212b7ee",
    ("lumbar-transforaminal-injection", "1"): "69ef20f9b1c41d73",
    ("caudal-epidural-injection", "1"): "399488a15f0b1925",
    ("sacroiliac-injection", "1"): "baab329a23c7b9dd",
    ("knee-synovial-biopsy", "1"): "c1e0bdf94f19fe52",
    ("wrist-synovial-biopsy", "1"): "b164b5f3f701a704",
    ("ankle-synovial-biopsy", "1"): "54471f83df37c9ad",
    ("finger-synovial-biopsy", "1"): "2ec4b4efd8a94ef1",
    ("glenohumeral-synovial-biopsy", "1"): "053a1f10bbf6d6c2",
    ("hip-synovial-biopsy", "1"): "a80d7e0f27829db4",
    ("rotator-cuff-barbotage", "1"): "bc74dc659aeaddb3",
}
