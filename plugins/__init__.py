"""The shipped plugins: controller drivers, cameras, inspectors, detectors and advisors."""
