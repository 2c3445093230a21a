"""What is asked: tasks, languages, intermediate settings, and the kinds of task.

A task is an entry of `tasks.yaml`, a kind an entry of `kinds.KINDS`. One enters by
`registry.get`, `registry.names` and `settings.parse_setting`.
"""
