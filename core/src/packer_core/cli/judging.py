"""Having plugins judge a template, without building it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.engine.configs import BuildFlags
from packer_core.engine.plan import plan
from packer_core.plugins.watched import watched
from packer_core.ui.decorate import BuildUis

from .preparation import prepare_and_show
from .recording import record_plan
from .templates import show_unknown_choices, specs_for

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.engine.choice import Choice
    from packer_core.template.model import Template


def accepted(app: App, template: Template, choice: Choice) -> bool:
    """Start the components of the chosen builds, and show what they say about their options.

    Returns:
        Whether all of them are content.

    Raises:
        PackerError: a component is missing, or the user has interrupted.
    """
    if template.language == "hcl2" and not template.sources and not (choice.only or choice.except_):
        return True  # there may be only variables, or data sources know what will be built
    jobs = plan(template, app.catalog, choice)
    app.expect(component for job in jobs for component in job.components)
    show_unknown_choices(app, template, choice)
    app.discover()
    record_plan(app, jobs)
    specs = specs_for(app, template, jobs)
    ui_for = BuildUis(app.screen, color=app.color, monitor=app.monitor)
    with (
        app.interruptible("validation") as interrupts,
        watched(app.fleet(), app.monitor) as fleet,
        interrupts.at_once(),
    ):
        ready = prepare_and_show(
            jobs,
            template,
            BuildFlags(),
            fleet,
            ui=app.ui,
            ui_for=ui_for,
            color=app.color,
            cancel=app.cancel,
            monitor=app.monitor,
            specs=specs,
            mask=app.secrets.apply,
        )
    return len(ready) == len(jobs)
