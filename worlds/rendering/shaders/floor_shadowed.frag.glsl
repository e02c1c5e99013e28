#version 330
#include "boards.glsl"
uniform sampler2D mask; uniform float soft; uniform vec3 shadow_factor;
void main() {
    float s = texture(mask, at + soft * vec2(0.3, 0.85)).r + texture(mask, at + soft * vec2(0.85, -0.3)).r
            + texture(mask, at + soft * vec2(-0.3, -0.85)).r + texture(mask, at + soft * vec2(-0.85, 0.3)).r;
    pixel = vec4(boards() * mix(vec3(1.0), shadow_factor, s * 0.25), 1.0);
}
