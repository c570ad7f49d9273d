"""Everything a person can ask for, as signals with plain data, gathered in one object.

Points are Image space, pixels, as tuples of two floats. A controller connects once; screens
and panels share the object and never call anything else.
"""

from PyQt6.QtCore import QObject, pyqtSignal


class Intents(QObject):
    """Signals emitted on the GUI thread; none of them says that it was granted."""

    guide_asked = pyqtSignal()
    """Begin to guide a procedure."""
    practise_asked = pyqtSignal()
    """Practise on a simulator."""
    review_asked = pyqtSignal()
    """Show the recorded sessions."""
    catalogue_asked = pyqtSignal(object)
    """A `LibraryEntry`: which of the recorded sessions are wanted."""
    catalogue_left = pyqtSignal()
    """Their list is not on the screen any more."""
    source_asked = pyqtSignal()
    """Show what sources there are."""
    source_chosen = pyqtSignal(str)
    """Open this address."""
    diagnosis_asked = pyqtSignal()
    """Why is there no picture from the source that runs?"""
    address_diagnosis_asked = pyqtSignal(str)
    """Why does this address give no picture? Empty for what is attached."""
    diagnosis_repeated = pyqtSignal()
    """Look again for the same."""
    diagnosis_left = pyqtSignal()
    """Leave the page with its answer."""
    back_asked = pyqtSignal()
    """Leave a page that was opened from another."""
    people_asked = pyqtSignal()
    """Show who is registered."""
    person_chosen = pyqtSignal(str)
    """Show what the person with this code holds, has done and may do."""
    person_activity_asked = pyqtSignal(bool)
    """Let the chosen person act (True), or not any more."""
    person_form_asked = pyqtSignal(str)
    """Show this form, about the chosen person where it is about one."""
    person_form_saved = pyqtSignal(object)
    """A `FormEntry` about people."""
    person_form_left = pyqtSignal()
    """Leave the form about people without a change."""
    settings_asked = pyqtSignal()
    """Show what the site has decided, and where the records are."""
    settings_left = pyqtSignal()
    """Leave the settings; while nothing may start that ends the application."""
    site_file_asked = pyqtSignal()
    """Read the site's file anew."""
    records_test_asked = pyqtSignal()
    """Ask the records whether they answer."""
    site_form_asked = pyqtSignal(str)
    """Show this form about the site's file."""
    site_form_saved = pyqtSignal(object)
    """A `FormEntry` about the site's file."""
    site_form_left = pyqtSignal()
    """Leave the form about the site's file without a change."""
    choice_changed = pyqtSignal(object)
    """A `SetupEntry` as it stands, of which parts may be missing."""
    procedure_started = pyqtSignal(object)
    """A `SetupEntry` without missing parts."""
    patient_asked = pyqtSignal()
    """Show the page that finds the patient's pseudonym."""
    patient_sought = pyqtSignal(object)
    """A `PatientEntry`: who has this hospital number?"""
    patient_added = pyqtSignal(object)
    """A `PatientEntry`: make a pseudonym for this patient."""
    patient_chosen = pyqtSignal(str)
    """The pseudonym for the set-up page."""
    patient_left = pyqtSignal()
    """Leave the page for the set-up page."""
    pseudonym_entered = pyqtSignal(str)
    """The pseudonym as it now stands on the set-up page: who is it?"""
    replay_chosen = pyqtSignal(str)
    """Replay the session at this path."""
    report_asked = pyqtSignal(str)
    """Write the report of the session at this path, and open it."""
    rating_form_chosen = pyqtSignal(str)
    """Rate by the form with this id."""
    rater_named = pyqtSignal(str)
    """The code of who rates."""
    rating_item_chosen = pyqtSignal(str)
    """The item with this id is answered next."""
    rating_given = pyqtSignal(int)
    """What is given for the item that is answered now."""
    rating_remarked = pyqtSignal(str)
    """The remark as it now stands."""
    rating_saved = pyqtSignal()
    """Keep the rating beside the recording."""
    blind_lifted = pyqtSignal()
    """Show names and scores while rating."""
    debrief_asked = pyqtSignal(str)
    """Make the debrief of the session at this path, and open it."""
    curve_asked = pyqtSignal(str)
    """The learning curve of who operated in the session at this path."""
    curve_left = pyqtSignal()
    """Leave the learning curve for the list of sessions."""
    curve_chosen = pyqtSignal(object)
    """A `CurveEntry`: look at the attempts in this figure, with this pass line."""
    quit_asked = pyqtSignal()
    """End: from the live screen only after a second press."""

    target_placed = pyqtSignal(tuple)
    """The target's point."""
    entry_placed = pyqtSignal(tuple)
    """The entry's point."""
    tip_marked = pyqtSignal(tuple)
    """Where the needle tip is now."""
    skin_placed = pyqtSignal(tuple, tuple)
    """Two points of the skin line."""
    no_go_drawn = pyqtSignal(tuple)
    """A closed outline of three points or more."""
    ruler_measured = pyqtSignal(tuple, tuple, float)
    """Two ruler marks and the millimetres between them as typed."""
    scale_confirmed = pyqtSignal(int)
    """The offered scale with this number is right, as a person has checked."""
    guide_placed = pyqtSignal(tuple, tuple, str)
    """A bracket's origin, its angles in degrees, and the side, "left" or "right"."""
    plan_cleared = pyqtSignal()
    """Remove the plan; asked twice before it is emitted."""
    handle_moved = pyqtSignal(str, tuple)
    """A handle of this name was dragged and let go at this point."""

    hands_moved = pyqtSignal(object)
    """A `HandMove` for a source that is steered."""
    hands_taken = pyqtSignal()
    """Move needle and probe of the simulator by hand from now on."""
    score_asked = pyqtSignal()
    """The attempt is over: how did it go? Asked twice before it is emitted."""
    attempt_asked = pyqtSignal(str)
    """Practise at this address."""

    corridor_stepped = pyqtSignal(int)
    """Make the corridor wider by so many steps, or narrower."""

    hold_asked = pyqtSignal(bool)
    """Hold the newest picture (True) or follow the source again."""
    moment_marked = pyqtSignal(str)
    """Remember this moment under a label."""
    image_stored = pyqtSignal()
    """Store the picture that is shown."""
    guidance_pressed = pyqtSignal()
    """The guidance switch, whatever it says now."""
    injection_pressed = pyqtSignal()
    """An injection begins now."""
    hide_changed = pyqtSignal(bool)
    """The overlay is hidden while True; the picture does so by itself."""

    item_done = pyqtSignal(str, str, tuple)
    """Item id, the remark, which may be empty, and an `Evidence` for each field that was filled."""
    item_overridden = pyqtSignal(str, str)
    """Item id and the typed reason."""
    item_left_out = pyqtSignal(str, str)
    """Item id and why it does not apply."""
    item_skipped = pyqtSignal(str)
    """Item id of an advisory item."""
    item_reopened = pyqtSignal(str)
    """Item id of a marked item."""
    emergency_declared = pyqtSignal(str)
    """Why the procedure goes on without what its gates ask for."""
    page_done = pyqtSignal(tuple, bool)
    """Pairs of an item id and its `Evidence`, and whether the phase is signed with them."""
    pin_given = pyqtSignal(str)
    """The PIN that was asked for."""
    phase_signed = pyqtSignal()
    """The person who ticks signs the phase that is shown."""
    closing_asked = pyqtSignal()
    """The person who ticks closes the record: asked twice, unless something is missing."""
    phase_stepped = pyqtSignal(int)
    """Show the phase before (-1) or after (+1)."""
    person_switched = pyqtSignal()
    """The next person present ticks from now on."""
