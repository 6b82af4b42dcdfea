import type { Words } from "./words.ts";

export const japanese: Words = {
  name: "日本語",
  heading: {
    personalRoom: "Webex でこのミーティングに参加",
    space: "Webex スペースでこのミーティングに参加",
    oneTime: "この Webex ミーティングに参加",
  },
  link: "ミーティングのリンク",
  meetingNumber: "ミーティング番号",
  password: "ミーティングのパスワード",
  video: "ビデオシステムから",
  address: "IP アドレスで",
  phone: "電話で",
  code: "アクセスコード",
  privateMeeting: "非公開のミーティング",
  untitled: "ミーティング",
  card: "このスペースは予定表のミーティングのためのものです。",
  tooManyForSpace:
    "ミーティングの出席者は {count} 人ですが、ミーティング用のスペースの上限は {max} 人です。スペースは作成されず、招待はそのままです。",
  spaceIsFull:
    "後から招待された {count} 人は「{title}」のスペースに追加されませんでした。ミーティング用のスペースの上限は {max} 人です。参加方法は各自の招待に記載されています。",
};
