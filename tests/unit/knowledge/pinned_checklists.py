"""Digests of every checklist over all techniques, by procedure and version.

A changed checklist needs a new version, so that records tell them apart.
"""

PINNED = {
    ("knee-injection", "3"): "a2948bbd1df8ec83",
    ("glenohumeral-injection", "2"): "f0f9114d27b23b5d",
    ("subacromial-injection", "2"): "a2a6d719d722d5bc",
    ("wrist-injection", "2"): "e358974677ffc404",
    ("hip-injection", "2"): "6d73a07d0160f00d",
    ("ankle-injection", "2"): "2a22319e7caa7256",
    ("finger-injection", "2"): "37d23a0eff4b173c",
    ("tendon-sheath-injection", "2"): "0e0913f1cbfacc29",
    ("bursa-injection", "2"): "c1649ef4d275c6c8",
    ("knee-aspiration", "2"): "292c616043cb9159",
    ("glenohumeral-aspiration", "2"): "0bf911d91d5ceae8",
    ("subacromial-aspiration", "2"): "96fb575eb698b367",
    ("wrist-aspiration", "2"): "05861b1c501ef170",
    ("hip-aspiration", "2"): "d08be860edb1c2ce",
    ("ankle-aspiration", "2"): "e67f00c0f2a4806a",
    ("finger-aspiration", "2"): "a7551c35d15c1712",
    ("tendon-sheath-aspiration", "2"): "aec4f35c1f95ee60",
    ("bursa-aspiration", "2"): "cc4ea2b5b8d7e2b3",
    ("carpal-tunnel-injection", "2"): "f1cc13e16d3a2c60",
    ("lumbar-facet-injection", "2"): "2c8103fb98f143f2",
    ("lumbar-transforaminal-injection", "2"): "1a4bb5cf7b6e7630",
    ("caudal-epidural-injection", "2"): "909c79d30f607370",
    ("sacroiliac-injection", "2"): "2ca871d4353a6344",
    ("knee-synovial-biopsy", "2"): "7af4bc3c2769ff65",
    ("wrist-synovial-biopsy", "2"): "2dc9a4763e3d1f4e",
    ("ankle-synovial-biopsy", "2"): "b3df8d7e8c4b4e58",
    ("finger-synovial-biopsy", "2"): "c3d5dca56530b3f2",
    ("glenohumeral-synovial-biopsy", "2"): "24e4b9493252cce7",
    ("hip-synovial-biopsy", "2"): "6788ee8b7deb98d0",
    ("rotator-cuff-barbotage", "2"): "f19b13c761989d21",
}
