using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>The text of an inline table.</summary>
internal sealed class InlineSyntax
{
    private static readonly ReadOnlyMemory<char> Blank = " ".AsMemory();

    internal Chain<InlineMember> Members { get; } = new();

    /// <summary>Blanks before the closing brace.</summary>
    internal ReadOnlyMemory<char> End { get; set; }

    internal InlineMember Append(KeySyntax key, TomlNode value) => InsertAfter(Members.Last, key, value);

    internal InlineMember InsertAfter(InlineMember? anchor, KeySyntax key, TomlNode value)
    {
        var member = new InlineMember(key, KeyValueText.PlainSeparator, value) { Leading = Blank };
        if (Members.First is null && End.IsEmpty)
        {
            End = Blank;
        }

        if (anchor is not null)
        {
            member.HasComma = anchor.HasComma;
            anchor.HasComma = true;
        }

        Members.InsertAfter(anchor, member);
        return member;
    }

    internal void Remove(InlineMember member)
    {
        if (member.Previous is null && member.Next is not null)
        {
            member.Next.Leading = member.Leading;
        }

        if (member.Next is null && member.Previous is not null)
        {
            member.Previous.HasComma = false;
        }

        Members.Remove(member);
    }

    internal void Write(StringBuilder text)
    {
        text.Append('{');
        for (var member = Members.First; member is not null; member = member.Next)
        {
            member.Write(text);
        }

        text.Append(End).Append('}');
    }
}
