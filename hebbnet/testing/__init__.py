"""Hold a part of your own to the standard of the package: a wrong one fails with a message that names the fault."""

from .bench import RuleFault
from .gradients import GradientFault, check_gradient
from .rules import RuleReport, check_rule
from .streams import StreamReport, check_stream
from .trial import StreamFault

__all__ = ["GradientFault", "RuleFault", "RuleReport", "StreamFault", "StreamReport", "check_gradient", "check_rule",
           "check_stream"]
