"""A source in words: what it really delivers, how fast, and how late its pictures are."""

from drivers.api.ports import DeviceInfo, SourceInfo, VideoFormat
from guidance_app.diagnosis.low_rate import low_rate_advice
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.domain.snapshot import Truth, TruthState
from guidance_app.domain.stated_rate import is_far_too_slow, stated_rate_hz
from guidance_app.runtime.latency import Latency


def format_words(info: SourceInfo) -> str:
    """As in "YUYV 1280x720"; empty where the source names no format."""
    found = info.format
    return f"{found.code} {found.width_px}x{found.height_px}" if found else ""


def current_rate_hz(truth: Truth) -> float | None:
    """Frames a second; None also for the old rate of what has stopped."""
    return truth.rate_hz if truth.state is TruthState.LIVE else None


def rate_words(rate_hz: float | None, nominal_hz: float | None) -> str:
    """As in "29.8/s"; says so where it is under a quarter of the promise."""
    if rate_hz is None:
        return ""
    if not is_far_too_slow(rate_hz, nominal_hz):
        return f"{rate_hz:.1f}/s"
    return f"only {rate_hz:.1f}/s of {nominal_hz:g}/s"


def chain_words(delay: ChainDelay) -> str:
    """As in "whole chain 84 ms ± 17 ms, measured 2026-11-26"."""
    return (
        f"whole chain {delay.median_ms:.0f} ms ± {delay.plus_minus_ms:.0f} ms, "
        f"measured {delay.measured_on}"
    )


def source_words(info: SourceInfo, truth: Truth, chain: ChainDelay | None) -> str:
    """As in "USB3 capture · YUYV 1280x720 · 29.8/s · whole chain 84 ms ± 17 ms, measured …".

    What helps against a rate far too low has a line of its own.
    """
    rate_hz, stated_hz = current_rate_hz(truth), stated_rate_hz(info)
    rate = rate_words(rate_hz, stated_hz)
    chained = chain_words(chain) if chain else ""
    line = " · ".join(part for part in (info.name, format_words(info), rate, chained) if part)
    too_slow = rate_hz is not None and is_far_too_slow(rate_hz, stated_hz)
    return f"{line}\n{low_rate_advice(info)}" if too_slow else line


def latency_words(latency: Latency) -> str:
    """What the delay in the state strip means."""
    return (
        f"From arrival to the screen: half of the pictures within "
        f"{latency.median_ns / 1e6:.0f} ms, 95 % within {latency.p95_ns / 1e6:.0f} ms."
    )


def device_words(device: DeviceInfo, chain: ChainDelay | None) -> list[str]:
    """A device for the terminal: a line, and an indented one for each thing known of it."""
    state = "ready" if device.available else device.reason
    lines = [f"{device.address}  {device.name}: {state}"]
    if device.identity:
        lines.append(f"    identity  {device.identity}")
    if device.held_by:
        lines.append(f"    open in   {device.held_by}")
    lines.extend(f"    format    {_offer(offer)}" for offer in device.formats)
    if chain:
        measured_as = f" with {chain.format}" if chain.format else ""
        lines.append(f"    delay     {chain_words(chain)}{measured_as}")
    return lines


def _offer(offer: VideoFormat) -> str:
    rates = ", ".join(f"{rate:g}" for rate in offer.rates_hz)
    return f"{offer.code} {offer.width_px}x{offer.height_px}" + (f" at {rates}/s" if rates else "")
