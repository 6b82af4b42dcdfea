import type { Words } from "./words.ts";

export const spanish: Words = {
  name: "Español",
  heading: {
    personalRoom: "Unirse a esta reunión con Webex",
    space: "Unirse a esta reunión en su espacio de Webex",
    oneTime: "Unirse a esta reunión de Webex",
  },
  link: "Enlace de la reunión",
  meetingNumber: "Número de la reunión",
  password: "Contraseña de la reunión",
  video: "Desde un sistema de vídeo",
  address: "Por dirección IP",
  phone: "Por teléfono",
  code: "Código de acceso",
  privateMeeting: "Reunión privada",
  untitled: "Reunión",
  card: "Este espacio corresponde a una reunión de su calendario.",
  tooManyForSpace:
    "Su reunión tiene {count} invitados y un espacio de reunión admite {max}: " +
    "no se creó ningún espacio y la invitación quedó como estaba.",
  spaceIsFull:
    "{count} personas invitadas más tarde no se añadieron al espacio de «{title}»: " +
    "un espacio de reunión admite {max} invitados. Su invitación dice cómo unirse.",
};
