from config.local import environment

environment.prepare()
