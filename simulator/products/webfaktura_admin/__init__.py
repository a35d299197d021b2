"""WebFaktura Admin (sync), a program on the office's computer: it registers WebFaktura clients at the platform."""
