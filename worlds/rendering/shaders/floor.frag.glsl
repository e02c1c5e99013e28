#version 330
#include "boards.glsl"
void main() { pixel = vec4(boards(), 1.0); }
