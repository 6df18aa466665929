namespace Codexport.HelpWriter;

/// <summary>What the compiled assembly says of a cmdlet.</summary>
/// <param name="Name">Verb and noun.</param>
/// <param name="ParameterSets">The names of its parameter sets, the default one first.</param>
/// <param name="Parameters">Its own parameters and those that ShouldProcess adds, in order of declaration.</param>
/// <param name="OutputTypes">Full names of the types that it says it writes.</param>
internal sealed record CmdletModel(
    string Name, IReadOnlyList<string> ParameterSets, IReadOnlyList<ParameterModel> Parameters, IReadOnlyList<string> OutputTypes);

/// <summary>A parameter of a cmdlet.</summary>
internal sealed record ParameterModel(
    string Name, string TypeName, bool IsSwitch, IReadOnlyList<string> Values, IReadOnlyList<string> Aliases, bool Wildcards, IReadOnlyList<ParameterUse> Uses);

/// <summary>How a parameter counts in one parameter set.</summary>
/// <param name="Set">The set's name; null for every set.</param>
/// <param name="Mandatory">Whether it must be given.</param>
/// <param name="Position">Its position; null when it must be named.</param>
/// <param name="Pipeline">What it takes from the pipeline, in the words of the help system.</param>
internal sealed record ParameterUse(string? Set, bool Mandatory, int? Position, string Pipeline);
