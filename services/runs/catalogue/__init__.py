"""The built-in templates, one module of data each. Nobody can change them."""

from services.runs.catalogue.mou_sprint import MOU_SPRINT
from services.runs.catalogue.new_lead_intake import NEW_LEAD_INTAKE
from services.runs.catalogue.seasonal_planning_check import SEASONAL_PLANNING_CHECK
from services.runs.catalogue.template import Step, TemplateVersion
from services.runs.catalogue.weekly_pipeline_review import WEEKLY_PIPELINE_REVIEW

BUILT_IN = (WEEKLY_PIPELINE_REVIEW, MOU_SPRINT, NEW_LEAD_INTAKE, SEASONAL_PLANNING_CHECK)


def built_in(template_id: str) -> TemplateVersion | None:
    """The built-in template with this id, or None."""
    return next((template for template in BUILT_IN if template.id == template_id), None)


__all__ = ["BUILT_IN", "Step", "TemplateVersion", "built_in"]
