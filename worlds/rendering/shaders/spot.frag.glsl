#version 330
in vec2 at; flat in vec4 tint;
out vec4 pixel;
void main() { float f = max(0.0, 1.0 - dot(at, at)); pixel = vec4(tint.rgb, tint.a * f * f); }
