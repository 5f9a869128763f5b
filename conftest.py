pytest_plugins = ["handoff_common.testing.plugin", "pytester"]
