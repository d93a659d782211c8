"""Drift detectors: they read a model's errors (or its inputs) one after the other and say when the world has moved."""

from .adwin import ADWIN
from .basic import DDM, Detector
from .charts import CUSUM, ECDD
from .features import KS, PSI, FeatureDetector
from .hoeffding import HDDM_A, HDDM_W
from .windows import KSWIN
from .zoo import EDDM, PageHinkley

__all__ = ["ADWIN", "CUSUM", "DDM", "ECDD", "EDDM", "HDDM_A", "HDDM_W", "KS", "KSWIN", "PSI", "Detector",
           "FeatureDetector", "PageHinkley"]
