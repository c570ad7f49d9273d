"""The rating forms that hold on this computer: those that are shipped and those of the site."""

from guidance_app import config
from guidance_app.kept_file import Tell
from guidance_app.settings import load_settings
from guidance_app.training.form_files import Forms, forms_with


def forms_in_use(tell: Tell) -> Forms:
    """Those in the folder that the settings name among them; what is no form is told."""
    forms = forms_with(load_settings(config.settings_file(), tell).rating_forms)
    for problem in forms.problems:
        tell(problem)
    return forms
