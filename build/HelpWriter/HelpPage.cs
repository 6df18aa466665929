namespace Codexport.HelpWriter;

/// <summary>What a page in docs/cmdlets says of a cmdlet.</summary>
internal sealed record HelpPage(
    string Name,
    string Synopsis,
    IReadOnlyList<string> Description,
    IReadOnlyList<HelpExample> Examples,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters,
    IReadOnlyList<HelpType> Inputs,
    IReadOnlyList<HelpType> Outputs,
    IReadOnlyList<HelpLink> Links);

/// <summary>An example: its title, the code, and what it does.</summary>
internal sealed record HelpExample(string Title, string Code, IReadOnlyList<string> Remarks);

/// <summary>A type that a cmdlet takes from the pipeline or writes.</summary>
internal sealed record HelpType(string Name, IReadOnlyList<string> Remarks);

/// <summary>A related topic; the address is empty for what Get-Help itself can show.</summary>
internal sealed record HelpLink(string Text, string Address);
