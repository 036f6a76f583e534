"""Rasa's connector for Balm's own chat page, and the page itself in `page/`.

`credentials.yml` names it by its module: `channels.web.WebChannel` (`balm_rasa.channels.web.WebChannel`
when installed from the wheel).
"""
