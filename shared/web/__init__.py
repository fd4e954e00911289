"""HTTP: how a service answers, and how it calls another one."""
