"""A device is found again by what it is, whatever number it gets and wherever it is plugged in."""

import random
from pathlib import Path

import pytest
from video_tree import FakeComputer, FakeDevice

from drivers.api.errors import NotFound
from drivers.attached.binding import DeviceBinding

GRABBER = FakeDevice("Grabber", ("534d", "2109"))
"""Without a serial number."""
STAMPED = FakeDevice("Stamped grabber", ("534d", "2109"), serial="20000130041415")
"""Of a maker who gives all of them the same number."""
SCANNER = FakeDevice("Scanner", ("0c45", "6366"), serial="SN 4711?")


@pytest.fixture
def computer(tmp_path: Path) -> FakeComputer:
    return FakeComputer(tmp_path)


def bound(computer: FakeComputer, target: str) -> DeviceBinding:
    """A binding to what `target` means now."""
    binding = DeviceBinding(computer.tree, target)
    binding.bind(binding.find())
    return binding


def test_a_device_is_found_under_its_file_and_under_every_name_it_has(
    computer: FakeComputer,
) -> None:
    file = computer.plug(SCANNER, "2.4", 3)
    (node,) = computer.tree.nodes()
    assert node.identities == (
        "usb-0c45:6366-SN%204711%3F",
        "usb-0c45:6366-SN%204711%3F@0000:00:14.0-2.4",
    )
    link = computer.dev / "by-id"
    link.symlink_to(file)
    for target in (str(file), str(link), *node.identities):
        assert DeviceBinding(computer.tree, target).find().node == file


def test_the_identity_is_the_serial_number_or_the_port_or_the_place(
    computer: FakeComputer,
) -> None:
    files = {
        computer.plug(SCANNER, "1", 0): "usb-0c45:6366-SN%204711%3F",
        computer.plug(GRABBER, "2", 1): "usb-534d:2109@0000:00:14.0-2",
        computer.plug(STAMPED, "3", 2): "usb-534d:2109-20000130041415@0000:00:14.0-3",
        computer.plug(STAMPED, "4", 4): "usb-534d:2109-20000130041415@0000:00:14.0-4",
        computer.add_platform_device("vivid.0", 5): "dev-platform/vivid.0:vivid.0",
    }
    for file, identity in files.items():
        assert bound(computer, str(file)).identity == identity
        assert DeviceBinding(computer.tree, identity).find().node == file


def test_functions_of_one_device_are_told_apart(computer: FakeComputer) -> None:
    files = [computer.plug(SCANNER, "1", number, interface=number) for number in (0, 2)]
    identities = [bound(computer, str(file)).identity for file in files]
    assert identities == ["usb-0c45:6366-SN%204711%3F", "usb-0c45:6366-SN%204711%3F+2"]


def test_a_device_with_a_number_of_its_own_is_found_at_another_port(
    computer: FakeComputer,
) -> None:
    binding = bound(computer, str(computer.plug(SCANNER, "1", 0)))
    computer.unplug_all()
    with pytest.raises(NotFound, match=r"Scanner: it is not attached\."):
        binding.find()
    computer.plug(GRABBER, "1", 0)
    elsewhere = computer.plug(SCANNER, "7", 1)
    assert binding.find().node == elsewhere


@pytest.mark.parametrize("other", [SCANNER, STAMPED, FakeDevice("Webcam", ("046d", "0825"))])
def test_another_device_in_its_place_is_refused(computer: FakeComputer, other: FakeDevice) -> None:
    binding = bound(computer, str(computer.plug(GRABBER, "1", 0)))
    computer.unplug_all()
    computer.plug(other, "1", 0)
    with pytest.raises(NotFound, match=f"another device is plugged in there .{other.name}"):
        binding.find()


def test_a_serial_number_that_turns_up_twice_is_not_trusted_any_more(
    computer: FakeComputer,
) -> None:
    file = computer.plug(STAMPED, "1", 0)
    binding = bound(computer, str(file))
    identity = binding.identity
    computer.plug(STAMPED, "2", 1)
    assert binding.find().node == file
    computer.unplug_all()
    computer.plug(STAMPED, "2", 0)
    with pytest.raises(NotFound, match="not attached"):
        binding.find()
    computer.plug(STAMPED, "1", 1)
    node = binding.find()
    assert node.place.endswith("-1")
    assert binding.bind(node) == identity


def test_an_address_that_means_two_devices_is_refused(computer: FakeComputer) -> None:
    for port in ("1", "2"):
        computer.plug(STAMPED, port, int(port))
    with pytest.raises(NotFound, match="2 devices carry this serial number"):
        DeviceBinding(computer.tree, "usb-534d:2109-20000130041415").find()


def test_a_twin_that_was_seen_beside_it_is_not_taken_for_it_later(computer: FakeComputer) -> None:
    binding = bound(computer, str(computer.plug(STAMPED, "1", 0)))
    identity = binding.identity
    computer.plug(STAMPED, "2", 1)
    binding.look()
    computer.unplug_all()
    computer.plug(STAMPED, "2", 0)
    with pytest.raises(NotFound, match="not attached"):
        binding.find()
    computer.plug(STAMPED, "1", 1)
    node = binding.find()
    assert node.place.endswith("-1")
    assert binding.bind(node) == identity


def test_a_twin_that_came_while_it_was_opened_is_seen(computer: FakeComputer) -> None:
    binding = DeviceBinding(computer.tree, str(computer.plug(STAMPED, "1", 0)))
    binding.bind(binding.find())
    node = binding.find()
    computer.plug(STAMPED, "2", 1)
    binding.bind(node)
    computer.unplug_all()
    computer.plug(STAMPED, "2", 0)
    with pytest.raises(NotFound, match="not attached"):
        binding.find()


def test_another_device_beside_it_changes_nothing(computer: FakeComputer) -> None:
    binding = bound(computer, str(computer.plug(SCANNER, "1", 0)))
    computer.plug(STAMPED, "2", 1)
    binding.look()
    computer.unplug_all()
    elsewhere = computer.plug(SCANNER, "7", 1)
    assert binding.find().node == elsewhere


def test_an_address_that_means_two_inputs_of_a_card_is_refused(computer: FakeComputer) -> None:
    for number in (0, 1):
        computer.add_platform_device("card", number)
    with pytest.raises(NotFound, match=r"2 devices have this place and name\. Write the file"):
        DeviceBinding(computer.tree, "dev-platform/card:card").find()


def test_inputs_of_a_card_that_cannot_be_told_apart_are_refused(computer: FakeComputer) -> None:
    binding = bound(computer, str(computer.add_platform_device("card", 0)))
    computer.add_platform_device("card", 1)
    with pytest.raises(NotFound, match="cannot be told from another"):
        binding.find()


def test_what_changed_hands_while_it_was_opened_is_not_bound(computer: FakeComputer) -> None:
    binding = DeviceBinding(computer.tree, str(computer.plug(GRABBER, "1", 0)))
    node = binding.find()
    computer.unplug_all()
    computer.plug(SCANNER, "1", 0)
    with pytest.raises(NotFound, match="unplugged while it was opened"):
        binding.bind(node)
    assert binding.identity is None


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/dev/video-that-is-not-there", "not attached"),
        ("/dev/null", "no video device"),
        ("usb-534d:2109", "not attached"),
    ],
)
def test_what_is_not_there_is_not_found(computer: FakeComputer, target: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        DeviceBinding(computer.tree, target).find()


def test_f09_no_wrong_binding_in_a_hundred_shuffles(computer: FakeComputer) -> None:
    """Numbers are dealt anew each time; identical twins keep their ports, others may move.

    Each binding finds its own device or, while that is away, none.
    """
    dice = random.Random(7)
    twins = {"1": GRABBER, "2": GRABBER, "3": STAMPED, "4": STAMPED}
    movable = [SCANNER, FakeDevice("Scanner", ("0c45", "6366"), serial="SN 4712")]
    bindings: dict[tuple[FakeDevice, str], DeviceBinding] = {}
    found = absent = 0
    for _ in range(100):
        computer.unplug_all()
        ports = dict(zip(dice.sample(["5", "6", "7", "8"], 2), movable, strict=True)) | twins
        present = {port: device for port, device in ports.items() if dice.random() < 0.8}
        if not bindings:
            present = ports
        numbers = dice.sample(range(20), len(present))
        files = {
            (device, port if device in twins.values() else ""): computer.plug(device, port, number)
            for (port, device), number in zip(present.items(), numbers, strict=True)
        }
        if not bindings:
            bindings = {key: bound(computer, str(file)) for key, file in files.items()}
        for key, binding in bindings.items():
            if key in files:
                assert binding.find().node == files[key]
                found += 1
            else:
                with pytest.raises(NotFound):
                    binding.find()
                absent += 1
    assert found > 400 and absent > 50
