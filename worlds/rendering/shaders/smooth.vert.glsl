#version 330
in vec2 corner; in vec4 cells;
uniform vec2 extent; uniform float side;
void main() { gl_Position = vec4(min((cells.xy + corner * cells.zw) * side, extent) / extent * 2.0 - 1.0, 0.0, 1.0); }
