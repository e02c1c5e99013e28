"""The claims about curious minds as experiments that anyone can run: one module a claim."""
