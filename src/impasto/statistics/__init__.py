"""Statistics of feature maps: what adds up over positions, tiles, pictures and machines."""
