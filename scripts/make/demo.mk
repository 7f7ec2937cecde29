# The example campaigns.

.PHONY: demo
## demo         install what is missing, build, run the example campaigns to their PDF
demo: deps
	@+$(MAKE) -j$(JOBS) --no-print-directory all
	@scripts/demo $(BUILD)/mecombo
