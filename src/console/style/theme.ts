import { createTheme } from '@mantine/core';

/** Colours are those of style/colours.css; what moves does so only for who wants it. */
export const theme = createTheme({
  primaryShade: { light: 9, dark: 9 },
  respectReducedMotion: true,
  cursorType: 'pointer',
  defaultRadius: 'md',
});
