"""The only shelf that talks to mail servers, and the sink that plays one."""
