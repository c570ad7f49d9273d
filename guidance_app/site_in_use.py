"""The site's file as a running application uses it: read at the start, and after each change."""

from pathlib import Path

from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.site_change import SiteChange, changed_site
from guidance_app.knowledge.site_file import AtSite, load_at_site, read_text
from guidance_app.session.disk import LOCAL_DISK, write_whole


class SiteInUse:
    """What holds at this site; nothing does while its file may not be used."""

    def __init__(self, path: Path) -> None:
        """Reads the file; what is wrong with it is `fault`."""
        self.path = path
        self.fault = ""
        """Why the file may not be used, a sentence; empty when it may, or when there is none."""
        self._at_site: AtSite | None = None
        self.read()

    def read(self) -> None:
        """Read the file anew."""
        try:
            self._at_site, self.fault = load_at_site(self.path), ""
        except KnowledgeError as error:
            self._at_site, self.fault = None, str(error)

    @property
    def at_site(self) -> AtSite:
        """What holds now; raises KnowledgeError while the file may not be used."""
        if self._at_site is None:
            raise KnowledgeError(self.fault)
        return self._at_site

    def change(self, change: SiteChange) -> None:
        """Write a change into the file and use it from now on; KnowledgeError or OSError."""
        text = read_text(self.path) if self.path.exists() else None
        after = changed_site(text, self.path.name, shipped_knowledge(), change)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(LOCAL_DISK, self.path, after.encode())
        self.read()
