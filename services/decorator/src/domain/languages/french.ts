import type { Words } from "./words.ts";

export const french: Words = {
  name: "Français",
  heading: {
    personalRoom: "Participer à cette réunion avec Webex",
    space: "Participer à cette réunion dans son espace Webex",
    oneTime: "Participer à cette réunion Webex",
  },
  link: "Lien de la réunion",
  meetingNumber: "Numéro de la réunion",
  password: "Mot de passe de la réunion",
  video: "Depuis un système vidéo",
  address: "Par adresse IP",
  phone: "Par téléphone",
  code: "Code d’accès",
  privateMeeting: "Réunion privée",
  untitled: "Réunion",
  card: "Cet espace correspond à une réunion de votre calendrier.",
  tooManyForSpace:
    "Votre réunion compte {count} invités et un espace de réunion en accepte {max} " +
    ": aucun espace n’a été créé et l’invitation est restée telle quelle.",
  spaceIsFull:
    "{count} personnes invitées plus tard n’ont pas été ajoutées à l’espace de « {title} » : " +
    "un espace de réunion accepte {max} invités. Leur invitation indique comment participer.",
};
