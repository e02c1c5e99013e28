#version 330
in vec2 at; in vec4 tint;
uniform float strength;
out vec4 pixel;
void main() {
    float r = length(at), wide = fwidth(r);
    pixel = vec4(tint.rgb, tint.a * strength * clamp((1.0 - r) / max(wide, 0.02), 0.0, 1.0));
}
