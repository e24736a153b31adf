"""stations.words as template filters."""

from django import template

from stations import words

register = template.Library()
register.filter("price_lines", words.price_lines)
register.filter("week_lines", words.week_lines)
register.filter("minutes_text", words.minutes_text)
register.filter("hours_text", words.hours_text)
register.filter("facility_names", words.facility_names)
