"""Digests of every checklist over all techniques, by procedure and version.

A changed checklist needs a new version, so that records tell them apart.
"""

PINNED = {
    ("knee-injection", "4"): "c2f6dcf6591163a1",
    ("glenohumeral-injection", "3"): "3f55f9c077f81d94",
    ("subacromial-injection", "3"): "66a400917adad2b1",
    ("wrist-injection", "3"): "362156458092cc49",
    ("hip-injection", "3"): "f246fe4edc4259d5",
    ("ankle-injection", "3"): "977ea0cc6128868b",
    ("finger-injection", "3"): "5e589398997326c8",
    ("tendon-sheath-injection", "3"): "289a57bbff4acbdb",
    ("bursa-injection", "3"): "db0a3a69ed975911",
    ("knee-aspiration", "3"): "3b8c416360c28c4b",
    ("glenohumeral-aspiration", "3"): "d7c2ec109efec36c",
    ("subacromial-aspiration", "3"): "1d98fee140d62505",
    ("wrist-aspiration", "3"): "e581f11c40ce637d",
    ("hip-aspiration", "3"): "fe3777778dba1b1f",
    ("ankle-aspiration", "3"): "a1c9c668c93cbcdd",
    ("finger-aspiration", "3"): "be860cb21304bf79",
    ("tendon-sheath-aspiration", "3"): "3ca1d2af79c2e871",
    ("bursa-aspiration", "3"): "9629ae7a95334189",
    ("carpal-tunnel-injection", "3"): "edfca13a223853a8",
    ("lumbar-facet-injection", "3"): "6c41e5cec14ad359",
    ("lumbar-transforaminal-injection", "3"): "4180ef1c097f62fc",
    ("caudal-epidural-injection", "3"): "b9da2ad4110c5f63",
    ("sacroiliac-injection", "3"): "b6445b3ba5cc036c",
    ("knee-synovial-biopsy", "3"): "8bd6b8d147d612c3",
    ("wrist-synovial-biopsy", "3"): "25a6f3a5deefc2c4",
    ("ankle-synovial-biopsy", "3"): "0e08fb71673d6832",
    ("finger-synovial-biopsy", "3"): "e8abec9eddaf4330",
    ("glenohumeral-synovial-biopsy", "3"): "1372828c8c7d6757",
    ("hip-synovial-biopsy", "3"): "c68e7b92a1e5b72d",
    ("rotator-cuff-barbotage", "3"): "c53c52f3efeffb5e",
}
