#version 330
out float mask; void main() { mask = 1.0; }
