"""From what an address says to one device, and to the same one again after it was away."""

from pathlib import Path

from drivers.api.errors import DeviceError, NotFound
from drivers.attached.device_tree import DeviceTree, VideoNode, identity_among, refusal


class DeviceBinding:
    """Finds the device that is meant; after bind() that one only, wherever it is plugged in.

    A serial number alone is trusted while no other attached device was seen to carry the same;
    from then on the port has to be the same too. Without a serial number the port decides,
    together with the model. A twin is overlooked when it comes, and the first device goes,
    between two calls of look().
    """

    def __init__(self, tree: DeviceTree, target: str) -> None:
        """`target` is the path of a device file, or an identity as `DeviceTree` names it."""
        self._tree = tree
        self._target = target
        self._bound: VideoNode | None = None
        self._required = target
        self._name = target
        self._listing: frozenset[tuple[str, int]] = frozenset()
        self.identity: str | None = None
        """What was bound; stays the same from then on."""

    @property
    def title(self) -> str:
        """What a person calls it, as the beginning of a sentence."""
        return f"The video device {self._name}"

    def find(self) -> VideoNode:
        """The device as it is attached now; NotFound when it is not, or may not be opened."""
        nodes = self._tree.nodes()
        if self._bound is not None:
            node = self._find_again(nodes, self._bound)
        elif self._target.startswith("/"):
            node = self._find_file(nodes, Path(self._target))
        else:
            node = self._find_identity(nodes)
        self._name = node.name
        if reason := refusal(node.node):
            raise self._not_found(reason, "Then log in again.")
        return node

    def bind(self, node: VideoNode) -> str:
        """Stay with this device, which is open; gives its identity.

        NotFound when it is gone, or another has taken its place, since it was found.
        """
        nodes = self._tree.nodes()
        if node not in nodes:
            raise self._not_found("it was unplugged while it was opened", "Plug it in again.")
        if self.identity is None:
            self.identity = self._required = identity_among(node, nodes)
        self._bound = node
        self.look()
        return self.identity

    def look(self) -> None:
        """See whether another device carries the same serial number; for while it is read."""
        listing = self._tree.listing()
        if self._bound is None or listing == self._listing:
            return
        self._listing = listing
        if sum(self._required in node.identities for node in self._tree.nodes()) > 1:
            self._required = self._bound.identities[-1]

    def _find_file(self, nodes: list[VideoNode], path: Path) -> VideoNode:
        file = path.resolve()  # also /dev/v4l/by-id/…
        for node in nodes:
            if node.node.resolve() == file:
                return node
        if file.exists():
            raise self._not_found("this is no video device", "Choose one that is.")
        raise self._absent()

    def _find_identity(self, nodes: list[VideoNode]) -> VideoNode:
        found = [node for node in nodes if self._target in node.identities]
        if len(found) > 1:
            raise self._ambiguous(len(found))
        if not found:
            raise self._absent()
        return found[0]

    def _find_again(self, nodes: list[VideoNode], bound: VideoNode) -> VideoNode:
        found = [node for node in nodes if self._required in node.identities]
        if len(found) > 1:  # its serial number tells nothing any more
            self._required = bound.identities[-1]
            found = [node for node in found if self._required in node.identities]
        if len(found) > 1:
            raise self._not_found("it cannot be told from another one", "Unplug the other one.")
        if found:
            return found[0]
        for node in nodes:
            if (node.place, node.unit) == (bound.place, bound.unit):
                raise self._not_found(
                    f"another device is plugged in there ({node.name})",
                    "Plug in the one that was used before, or choose a source anew.",
                )
        raise self._absent()

    def _ambiguous(self, count: int) -> DeviceError:
        if self._target.startswith("usb-") and "@" not in self._target:
            return self._not_found(
                f"{count} devices carry this serial number",
                "Choose one with its port in the list of sources.",
            )
        return self._not_found(
            f"{count} devices have this place and name",
            "Write the file of the one that is meant, as in v4l2:/dev/video0.",
        )

    def _absent(self) -> DeviceError:
        return self._not_found("it is not attached", "Plug it in, or choose another.")

    def _not_found(self, cause: str, advice: str) -> DeviceError:
        return NotFound(self.title, "open", cause, advice)
