from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "evbooking.demo"
    label = "demo"
