"""From article values to frozen bytes: Jinja2, MJML, inlining, text, MIME."""
