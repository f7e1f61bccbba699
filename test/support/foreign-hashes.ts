/**
 * Hashes that other libraries made, with parameters as low as they allow. A password in NFD with a ligature is one whose
 * NFKC form is another text: these libraries hash what was typed.
 */
export const PLAIN = 'correct horse battery';
export const UNICODE = 'p\u00e4ssw\u00f6rd \u{1f511}';
export const DECOMPOSED = 'cafe\u0301 \ufb01n';
/** 73 bytes. */
export const LONG = `${'a'.repeat(72)}b`;

export const FOREIGN_HASHES: readonly (readonly [madeBy: string, password: string, hash: string])[] = [
  ['bcrypt 6.0.0', PLAIN, '$2b$04$aj4cqM0YA2xWF.5db8dEieUPo/O4NvIgXfyV6LaoviBDUKh0/mgUG'],
  ['bcrypt 6.0.0', UNICODE, '$2b$04$4FjxnCthcGdKI51DDBl6muoVmBm3NlsILqiV7YGHEtpoLRizfm4Pe'],
  ['bcrypt 6.0.0', DECOMPOSED, '$2b$04$RA/NY1.cxiL.rY82UEXJCev4Bn3lrtKQI/rm4Iv6/x9rvxjBu.FOy'],
  ['bcrypt 6.0.0', LONG, '$2b$04$m6WFrRf3wkfVfc91KJWmUu8u.rdTElRJjW/6.nH7R5/.o.xHE46pK'],
  ['bcryptjs 3.0.3', PLAIN, '$2b$04$0nO2x5fjoArzThZE/RHZTOv9viamuLOGb5WForScAr5WoSR6A/Yl6'],
  ['bcryptjs 3.0.3', UNICODE, '$2b$04$wwPGRVjZnfMsGkWLbMGw5OCv/K5J4EcUI.hJaSjMJ68U7dbnzG0xC'],
  ['bcryptjs 3.0.3', DECOMPOSED, '$2b$04$AytOAWJyjPNgw8R0hQBkRuGwv6os4CZDNlWtX7PGzsPCy2FrNx1xC'],
  ['bcryptjs 3.0.3', LONG, '$2b$04$CBa4J2Ey9QMPO82dy542VOWi6OmRy1ZDU7fpwZgeFyLjqWjXPNimq'],
  ['bcrypt 6.0.0', PLAIN, '$2a$05$IxgG2z5mA.cp.XImMA2KEeGCZiNBag3EqoHuMZVQGqqDacXYeBEju'],
  [
    'argon2 0.45.1',
    DECOMPOSED,
    '$argon2id$v=19$m=1024,p=4,t=2$xwr4JeuYim6IXkg36rgccg$XVVu2zxYlFAtxjHBGR3XNiP8uCmzdUu7ThbiLWck/fM',
  ],
  [
    'argon2 0.45.1',
    PLAIN,
    '$argon2i$v=19$m=1024,p=4,t=2$j6Gcr3M8cM/g8qRjxzmTAw$KvRigdmHsBTZ8kxadyxEi+5Zql8IakrZlHcY8CCmhM8',
  ],
  [
    'argon2 0.45.1',
    PLAIN,
    '$argon2d$v=19$m=1024,p=4,t=2$kheoRqE2AeDRVYr+EmMTQA$F2CeGvIbbTVzMp05TM1dWxJMheFRjKUfXJsYbxnyhGk',
  ],
  [
    'argon2 0.45.1',
    PLAIN,
    '$argon2id$v=16$m=1024,p=4,t=2$dKwgcVUZgtX5Z6LBeBkx1w$osmxrX306H7WFVWz7Dvf3zgBBgMbJ4JedXwUcbsM/uk',
  ],
  [
    'passlib 1.7.4',
    PLAIN,
    '$pbkdf2-sha256$1000$tDZGCIEQIsQ4Z4zROgegNA$49hfN7c6.c8XSUA/s125Kg3SCS76Yfg0Syh.fC98c6o',
  ],
  [
    'passlib 1.7.4',
    PLAIN,
    '$scrypt$ln=10,r=8,p=1$41yLMcaY0/r/vxeCsJbyHg$hZKknJRy+xZ/2biYxBgfzIbbBu3RpYG06DyZJPxpyak',
  ],
  [
    'passlib 1.7.4',
    UNICODE,
    '$pbkdf2-sha256$1000$SAnB.J.zFgIAoHRuLWUMIQ$tt1nUHeibdcHaYMdgIpAi6qNjHMp8LYylpbUsSqTaUs',
  ],
  [
    'passlib 1.7.4',
    UNICODE,
    '$scrypt$ln=10,r=8,p=1$HgPAmBPiHEMoRQhBCIHwvg$cabeBcyy7fvlxas2hhx09jC9yJfo3EOvayxNzrEtPDM',
  ],
  [
    'passlib 1.7.4',
    DECOMPOSED,
    '$pbkdf2-sha256$1000$kpJyTklpjfH./x.jtJYyxg$AtZJKQHLWpfedBrA//jDlKZ.fFZtLMvYauRVnWBZz44',
  ],
  [
    'passlib 1.7.4',
    DECOMPOSED,
    '$scrypt$ln=10,r=8,p=1$jLH2vheC8P6/t5ZyLiUk5A$JpiDwyazux/VfjJf2xibquikrruk2vb9dPQ327q9/Ks',
  ],
  ['passlib 1.7.4', PLAIN, '$pbkdf2$1000$uTfmnJPy/r9XyjkHoNQaQw$WchQ2HCpjX1fmQhwRK6gQWkt6sM'],
  [
    'passlib 1.7.4',
    PLAIN,
    '$pbkdf2-sha512$1000$KyVkzHnPuVdKqTWGEGJsjQ$oegyOYaU56Q2AeAuNW/BY.mr.FmoLxVnTBVYmgXXMeYby4CJAgP9fzM60xiuDRYnYi1cilea2ShNWZZVOkJ/xg',
  ],
  [
    'passlib 1.7.4',
    PLAIN,
    '$scrypt$ln=8,r=4,p=3$NiYkhLBWao1R6r13LoWQMg$lKCTxXxumpop/w/JbLDsgzPJcLmWk4QeDa1JS7XeBb4',
  ],
  [
    'Django 3.2.25',
    PLAIN,
    'pbkdf2_sha256$1000$jjx57keGkLzXd7RHUleqlC$tUE6oub2/jSLXsQm/7d5a0kvzoaC0BVIaNz4HVjDkW0=',
  ],
  [
    'Django 3.2.25',
    UNICODE,
    'pbkdf2_sha256$1000$qXyT2aQnXxgytDH1AToG7l$Mv6I+FAAJPxPGRp5ofaQZB7eTiI0UGmkObywODut6Is=',
  ],
  [
    'Django 3.2.25',
    DECOMPOSED,
    'pbkdf2_sha256$1000$th7pvizR8rxMnR3pfFjfDl$2CMajpphMBfs8ueDEaLIVjGGdPmGKQhkRLdALZywQb8=',
  ],
  ['Django 3.2.25', PLAIN, 'pbkdf2_sha1$1000$4WqApajM0PYC2IR0kF3qWA$nxPF+JBBpfO0nXlU/xqR42d3lNU='],
  [
    'argon2-cffi 21.1.0',
    PLAIN,
    '$argon2id$v=19$m=1024,t=2,p=2$KvjRnDSwfbz2WOFDZ1eafQ$A70geuSE4DnRHgPDn3vd3A',
  ],
  ['Python bcrypt 3.2.2', PLAIN, '$2b$04$NvSETH4RGcqypxRctD7nTem/rQPNFguqoU3UWgNOMN.Fmz5FSWN4i'],
  ['libxcrypt 4.4', PLAIN, '$2y$04$aj4cqM0YA2xWF.5db8dEieUPo/O4NvIgXfyV6LaoviBDUKh0/mgUG'],
  ['libxcrypt 4.4', UNICODE, '$2y$04$abcdefghijklmnopqrstuOm83bZ7ogsUsw4Jd7r/Nl1J8eGC8sJoG'],
];
