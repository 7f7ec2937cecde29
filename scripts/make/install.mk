# Installation.

.PHONY: install
## install      copy the program to $(PREFIX)/bin
install: $(OUT)/mecombo
	install -D -m 755 $(OUT)/mecombo $(DESTDIR)$(PREFIX)/bin/mecombo
