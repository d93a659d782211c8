"""Hold a rule of your own to the standard of the package: a wrong one fails with a message that names the fault."""

from .bench import RuleFault
from .gradients import GradientFault, check_gradient
from .rules import RuleReport, check_rule

__all__ = ["GradientFault", "RuleFault", "RuleReport", "check_gradient", "check_rule"]
