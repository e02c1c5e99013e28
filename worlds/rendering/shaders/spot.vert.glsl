#version 330
in vec3 center; in vec2 corner; in vec2 reach; in vec4 color;
uniform mat4 camera;
out vec2 at; flat out vec4 tint;
void main() { at = corner; tint = color; gl_Position = camera * vec4(center + vec3(corner * reach, 0.0), 1.0); }
