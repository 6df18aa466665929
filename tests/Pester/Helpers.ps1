# What several test files share. Every file gets $ModulePath (the unpacked package) and $ProgramPath (the built program).

# Makes a home with a small Codex setup and gives its path.
function New-TestHome([string] $Path) {
    New-Item -ItemType Directory -Force "$Path/.codex/skills/one" | Out-Null
    Set-Content -LiteralPath "$Path/.codex/config.toml" 'model = "gpt-5-codex" # team'
    Set-Content -LiteralPath "$Path/.codex/skills/one/SKILL.md" 'first edition'
    $Path
}

# A home with it that is a master's.
function New-TestMasterHome([string] $Path) {
    $userHome = New-TestHome $Path
    Initialize-CodexportMaster -HomePath $userHome
    $userHome
}

# A home with a hook and a configuration of the person's own.
function New-TestHookHome([string] $Path) {
    New-Item -ItemType Directory -Force "$Path/.codex" | Out-Null
    [System.IO.File]::WriteAllText("$Path/.codex/hooks.json", '{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"echo mine"}]}]}}')
    [System.IO.File]::WriteAllText("$Path/.codex/config.toml", "model = `"x`" # mine`n")
    $Path
}

# Starts the program's server on a free port, or on a given one.
function Start-TestMaster([string] $ProgramPath, [string] $UserHome, [int] $Port = 0) {
    $start = [System.Diagnostics.ProcessStartInfo]::new($ProgramPath)
    'master', 'serve', '--host', '127.0.0.1', '--port', "$Port", '--json', '--stdin-lifeline', '--home', $UserHome | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    do { $happening = $process.StandardOutput.ReadLine() | ConvertFrom-Json } until ($happening.event -eq 'started')
    # Somebody must read on, or the server would wait for room in the pipe.
    $process.StandardOutput.ReadToEndAsync() | Out-Null
    [pscustomobject]@{ Process = $process; Port = $happening.port; Ended = $false }
}

# Ends it.
function Stop-TestMaster($Server) {
    # A second call finds it ended.
    if ($Server -and -not $Server.Ended) {
        $Server.Ended = $true
        $Server.Process.StandardInput.Close()
        if (-not $Server.Process.WaitForExit(10000)) { $Server.Process.Kill() }
        $Server.Process.Dispose()
    }
}

# A master that serves, in a folder of its own: its home, its server and its link.
function New-TestMaster([string] $ProgramPath, [string] $Path) {
    $userHome = New-TestMasterHome $Path
    $server = Start-TestMaster $ProgramPath $userHome
    [pscustomobject]@{ Home = $userHome; Server = $server; Link = (New-CodexportJoinLink 127.0.0.1 -Port $server.Port -HomePath $userHome).JoinLink }
}

# A follower of it that has joined and applied; gives its home.
function New-TestFollower($Master, [string] $Path) {
    New-Item -ItemType Directory -Force $Path | Out-Null
    Join-CodexportFollower $Master.Link -HomePath $Path -WarningAction Ignore | Out-Null
    $Path
}

# The home of a follower whose master is away by now; both are in a folder.
function New-LoneFollower([string] $ProgramPath, [string] $Path) {
    $master = New-TestMaster $ProgramPath (Join-Path $Path 'master')
    try { New-TestFollower $master (Join-Path $Path 'follower') } finally { Stop-TestMaster $master.Server }
}

# The master's book of followers without what a server notes of them by itself.
function Get-FollowerBook([string] $Path) {
    (Get-Content -Raw -LiteralPath $Path | ConvertFrom-Json).Followers | Select-Object * -ExcludeProperty Address, Platform, Version, AppliedRevision, LastError, LastSeen |
        ConvertTo-Json -Depth 9 -Compress
}

# Everything below a folder with its content's hash and its time, to prove that nothing changed.
function Get-Snapshot([string[]] $Path) {
    # What Codex keeps for itself while it answers a question is not ours, and a server prepares bundles in its own time.
    Get-ChildItem -Recurse -Force -LiteralPath $Path | Where-Object FullName -NotMatch '[\\/]\.codex[\\/]\.tmp|[\\/]master[\\/](bundles[\\/]|followers\.json.)' | Sort-Object FullName | ForEach-Object {
        # It also notes in its own time when it saw which follower with what; everything else in the book is a person's doing.
        if ($_.FullName -match '[\\/]\.codexport[\\/]master$') { "$($_.FullName)|folder" }
        elseif ($_.FullName -match '[\\/]master[\\/]followers\.json$') { "$($_.FullName)|$(Get-FollowerBook $_.FullName)" }
        else { "$($_.FullName)|$($_.PSIsContainer ? 'folder' : (Get-FileHash -LiteralPath $_.FullName).Hash)|$($_.LastWriteTimeUtc.Ticks)" }
    }
}

# Why PowerShell would not take a command as it is written; nothing where only running it tells: with parameters out of a variable, or
# with parameters that depend on the others.
function Get-BindingError([System.Management.Automation.Language.CommandAst] $Command) {
    $isOpen = $Command.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.VariableExpressionAst] -and $_.Splatted }
    $isDynamic = (Get-Command $Command.GetCommandName() -ErrorAction Stop).ImplementingType.ImplementedInterfaces -contains [System.Management.Automation.IDynamicParameters]
    if ($isOpen -or $isDynamic) { return }
    [System.Management.Automation.Language.StaticParameterBinder]::BindCommand($Command, $true).BindingExceptions.Values.BindingException.Message
}

# Waits until something holds.
function Wait-Until([scriptblock] $Condition, [int] $Seconds = 180) {
    $deadline = [datetime]::UtcNow.AddSeconds($Seconds)
    while (-not (& $Condition)) {
        if ([datetime]::UtcNow -gt $deadline) { throw "Not within $Seconds s: $Condition" }
        Start-Sleep -Milliseconds 50
    }
}

# The error that ends a script block.
function Get-ErrorOf([scriptblock] $Block) {
    $ErrorActionPreference = 'Stop'
    try { & $Block | Out-Null } catch { return $_ }
    throw "No error came of: $Block"
}

# An error with its id, category and target, and everything else that each of ours must have.
function Assert-Error($Record, [string] $Cmdlet, [string] $Id, [string] $Category, $Target) {
    $Record.FullyQualifiedErrorId | Should -Be "$Id,Codexport.PowerShell.Commands.$($Cmdlet -replace '-')Command"
    $Record.CategoryInfo.Category | Should -Be $Category
    $Record.TargetObject | Should -Be $Target
    $Record.Exception.GetType().FullName | Should -Be 'Codexport.Engine.Errors.CodexportException'
    $Record.ErrorDetails.Message | Should -Match '\w+ .*\w'
    $Record.ErrorDetails.RecommendedAction | Should -Match '\w+ .*\w'
}

# A cmdlet that loses something asks unless it is told not to.
function Assert-Asking([string] $Cmdlet) {
    (Get-Command $Cmdlet).ImplementingType.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false).ConfirmImpact | Should -Be 'High'
}

# What a cmdlet for services or timers would do.
function Get-Plan([string] $Cmdlet, [string] $UserHome) {
    & $Cmdlet -HomePath $UserHome -WhatIf -PassThru -WarningAction Ignore
}

# Such a cmdlet changes nothing in a folder with -WhatIf, and writes its plan only with -PassThru.
function Assert-Planning([string] $Cmdlet, [string] $UserHome, [string] $Folder) {
    $before = Get-Snapshot $Folder
    & $Cmdlet -HomePath $UserHome -WhatIf -WarningAction Ignore | Should -BeNullOrEmpty
    (Get-Plan $Cmdlet $UserHome).DryRun | Should -BeTrue
    Get-Snapshot $Folder | Should -Be $before
}

# What another PowerShell prints, host messages included.
function Invoke-OwnSession([string] $Command) {
    & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; $Command" *>&1 | Out-String
}

# The module without what is for this platform alone, as a package is that was made on another one. Gives the folder to find it in.
function New-PortableModule([string] $Path) {
    $version = Get-Item $ModulePath/*
    $copy = (New-Item -ItemType Directory "$Path/Codexport/$($version.Name)").FullName
    Copy-Item -Recurse -Path "$version/*" -Destination $copy
    Get-ChildItem -Directory "$copy/host" | Remove-Item -Recurse
    $Path
}

# Starts a session that takes Ctrl+C also where the tests run in the background: a shell has what it starts there ignore it.
function New-InterruptibleStart {
    $start = [System.Diagnostics.ProcessStartInfo]::new($IsLinux ? 'env' : 'pwsh')
    if ($IsLinux) { '--default-signal=INT', 'pwsh' | ForEach-Object { $start.ArgumentList.Add($_) } }
    $start
}

# What Tab offers behind a line.
function Get-Completion([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }

# The labels of the columns that Format-Table shows, those of the view.
function Get-TableColumn($Result) {
    (@($Result | Format-Table)[0].shapeInfo.tableColumnInfoList | ForEach-Object { $_.label ? $_.label : $_.propertyName }) -as [string[]]
}

# The labels of what Format-List shows.
function Get-ListLabel($Result) {
    (@($Result | Format-List).formatEntryInfo.listViewFieldList | ForEach-Object { $_.label ? $_.label : $_.propertyName }) -as [string[]]
}

# The fields that a list shows by itself: all of them where the module has a view for lists, else those of the type's display set.
function Get-DisplaySet($Result) {
    $views = (Get-FormatData -TypeName $Result.PSObject.TypeNames[0]).FormatViewDefinition.Control
    if ($views | Where-Object { $_ -is [System.Management.Automation.ListControl] }) { return $Result.PSObject.Properties.Name }
    $shown = @($Result.PSStandardMembers.DefaultDisplayPropertySet.ReferencedPropertyNames)
    $shown.Count | Should -BeGreaterThan 0
    $shown | Where-Object { $_ -notin $Result.PSObject.Properties.Name } | Should -BeNullOrEmpty
    $shown
}

# A table of three to five columns, and a list of the fields of the display set but those that another one says already.
function Assert-View($Result, [string] $Type, [switch] $ListOnly, [string[]] $Without) {
    $Result | Should -Not -BeNullOrEmpty
    @($Result)[0].PSObject.TypeNames | Should -Contain $Type
    if (-not $ListOnly) { @(Get-TableColumn $Result).Count | Should -BeIn 3, 4, 5 }
    @(Get-ListLabel @($Result)[0]) | Sort-Object | Should -Be (Get-DisplaySet @($Result)[0] | Where-Object { $_ -notin $Without } | Sort-Object)
}

# JSON with its keys in order, to compare what two sides print.
function ConvertTo-Canonical($Value) {
    if ($Value -is [System.Collections.IList]) { return '[' + (($Value | ForEach-Object { ConvertTo-Canonical $_ }) -join ',') + ']' }
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $members = $Value.PSObject.Properties | Sort-Object Name -CaseSensitive | ForEach-Object { "$(ConvertTo-Json $_.Name):$(ConvertTo-Canonical $_.Value)" }
        return "{$($members -join ',')}"
    }
    ConvertTo-Json -InputObject $Value -Compress
}

# The names of all fields, those of nested objects with the way to them; of a list those of all items.
function Get-FieldName($Value, [string] $At = '') {
    $names = if ($Value -is [System.Collections.IList]) { $Value | ForEach-Object { Get-FieldName $_ "$At[]" } }
    elseif ($Value -is [System.Management.Automation.PSCustomObject]) {
        $Value.PSObject.Properties | ForEach-Object { "$At.$($_.Name)"; Get-FieldName $_.Value "$At.$($_.Name)" }
    }
    $names | Sort-Object -Unique -CaseSensitive
}

# What ConvertTo-Json makes of a result, read again, in the program's form: names and words begin in lower case, a time is in UTC, and an
# interval is one text. Dates stay as they are written.
function ConvertTo-ProgramForm($Value) {
    if ($Value -is [System.Collections.IList]) { return , @($Value | ForEach-Object { ConvertTo-ProgramForm $_ }) }
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        if ($Value.PSObject.Properties['Ticks']) { return [timespan]::new($Value.Ticks).ToString() }
        $fields = [ordered] @{}
        foreach ($property in $Value.PSObject.Properties) { $fields["$($property.Name[0])".ToLowerInvariant() + $property.Name.Substring(1)] = ConvertTo-ProgramForm $property.Value }
        return [pscustomobject] $fields
    }
    if ($Value -match '^\d{4}-\d\d-\d\dT') { return [datetimeoffset]::Parse($Value, [cultureinfo]::InvariantCulture).ToUniversalTime() }
    $Value
}

function Get-CmdletJson($Result) {
    ConvertTo-ProgramForm (ConvertTo-Json -InputObject $Result -Depth 9 -EnumsAsStrings -WarningAction Stop | ConvertFrom-Json -DateKind String -NoEnumerate)
}

# What the program prints with --json, read again.
# What a person is told to do is said by the names of cmdlets.
function Get-ProgramJson([string] $ProgramPath, [string] $UserHome, [string[]] $Arguments) {
    $names = [System.AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -eq 'Codexport.Engine' }[0].GetType('Codexport.Engine.Errors.OperationNames')
    $printed = & $ProgramPath @Arguments --json --home $UserHome | ForEach-Object { $names::ForCmdlets($_) }
    ConvertTo-ProgramForm ($printed | ConvertFrom-Json -DateKind String -NoEnumerate)
}

# The cmdlet's result is what the program prints, value by value; words of an enumeration differ in case.
function Assert-SameJson($Result, $Printed) {
    ConvertTo-Canonical (Get-CmdletJson $Result) | Should -Be (ConvertTo-Canonical $Printed)
}

# The cmdlet's result has the fields that the program prints, nested ones included, where values differ from run to run.
function Assert-SameField($Result, $Printed) {
    Get-FieldName (Get-CmdletJson $Result) | Should -BeExactly (Get-FieldName $Printed)
}
