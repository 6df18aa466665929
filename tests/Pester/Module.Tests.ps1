param([string] $ModulePath, [string] $ProgramPath)

BeforeDiscovery {
    Import-Module $ModulePath -Force
    $cmdlets = (Get-Command -Module Codexport).Name
    $types = [xml] (Get-Content -Raw -LiteralPath (Join-Path (Get-Module Codexport).ModuleBase 'Codexport.Types.ps1xml'))
    $engine = [System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'Codexport.Engine' }
    $results = ($engine.GetExportedTypes() | Where-Object { $_.Namespace -eq 'Codexport.Engine.Results' -or $_.Name -in 'CodexportException', 'ErrorCode' }).FullName
    $sets = $types.Types.Type | ForEach-Object {
        foreach ($set in $_.SelectNodes('.//PropertySet')) { @{ name = $_.Name; set = $set.Name; properties = @($set.SelectNodes('ReferencedProperties/Name').InnerText) } }
    }
    $written = (Get-Command -Module Codexport).OutputType.Type.FullName | Where-Object { $_ -like 'Codexport.*' } | Sort-Object -Unique
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
}

Describe 'the module' {
    It 'has a valid manifest' {
        (Test-ModuleManifest (Join-Path (Get-Module Codexport).ModuleBase 'Codexport.psd1')).Name | Should -Be 'Codexport'
    }

    It 'can be imported twice' {
        Import-Module $ModulePath -Force
        Import-Module $ModulePath -Force
        Get-Command Sync-CodexportFollower | Should -Not -BeNullOrEmpty
    }

    It 'uses approved verbs only' {
        $approved = (Get-Verb).Verb
        (Get-Command -Module Codexport).Verb | Where-Object { $_ -notin $approved } | Should -BeNullOrEmpty
    }

    It 'exports no function, alias or variable' {
        $module = Get-Module Codexport
        $module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count | Should -Be 0
    }

    It 'gives every cmdlet -HomePath and -CodexPath' {
        foreach ($command in Get-Command -Module Codexport) {
            $command.Parameters.Keys | Should -Contain 'HomePath' -Because $command.Name
            $command.Parameters.Keys | Should -Contain 'CodexPath' -Because $command.Name
        }
    }

    It 'gives every cmdlet that changes something -WhatIf' {
        foreach ($command in Get-Command -Module Codexport | Where-Object Verb -NotIn 'Get', 'Compare', 'Show', 'Test') {
            $command.Parameters.Keys | Should -Contain 'WhatIf' -Because $command.Name
        }
    }
}

Describe 'every cmdlet' {
    It 'has a test file: <_>' -ForEach $cmdlets {
        Join-Path $PSScriptRoot "$_.Tests.ps1" | Should -Exist
    }

    It 'that writes a result is compared with the program''s --json: <_>' -ForEach $cmdlets {
        $results = (Get-Command $_).OutputType.Type | Where-Object Namespace -Like 'Codexport.*'
        if ($results) { Join-Path $PSScriptRoot "$_.Tests.ps1" | Should -FileContentMatch 'Assert-Same(Json|Field) ' }
    }

    It 'that writes a result has its views tested: <_>' -ForEach $cmdlets {
        $results = (Get-Command $_).OutputType.Type | Where-Object Namespace -Like 'Codexport.*'
        if ($results) { Join-Path $PSScriptRoot "$_.Tests.ps1" | Should -FileContentMatch 'Assert-View |Get-TableColumn ' }
    }

    It 'that changes something is tested with -WhatIf: <_>' -ForEach $cmdlets {
        if ((Get-Command $_).Parameters.ContainsKey('WhatIf')) { Join-Path $PSScriptRoot "$_.Tests.ps1" | Should -FileContentMatch '-WhatIf\b.*\| Should -BeNullOrEmpty|Assert-Planning ' }
    }
}

Describe 'a result' {
    It 'is the engine''s own object, known by its type and completed by its fields' {
        $status = Get-CodexportStatus -HomePath $TestDrive
        $status -is [Codexport.Engine.Results.StatusResult] | Should -BeTrue
        $status.GetType() | Should -Be (Get-Command Get-CodexportStatus).OutputType.Type
        $status.Role | Should -BeOfType ([Codexport.Engine.Results.Role])
        ($status | Get-Member -MemberType Property).Name | Should -Contain 'CodexFolder'
        $line = '$status.Code'
        ([System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.ListItemText | Should -Contain 'CodexFolder'
        $line = '(Get-CodexportFollower)[0].LastS'
        ([System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.ListItemText | Should -Contain 'LastSeen'
    }

    It 'has a type that a script can name: <_>' -ForEach $results {
        ([System.Management.Automation.PSTypeName] $_).Type.FullName | Should -Be $_
    }

    It 'is taken by a parameter of its type' {
        function Get-Path([Codexport.Engine.Results.ShellIntegrationInfo] $Shell) { $Shell.File }
        $shells = @(Get-CodexportShellIntegration -HomePath $TestDrive)
        Get-Path $shells[0] | Should -Be $shells[0].File
    }
}

Describe 'a list of results' {
    It 'is sorted, grouped and compared by what tells one from another' {
        $all = @(Get-CodexportShellIntegration -HomePath $TestDrive)
        $all.Count | Should -BeGreaterThan 1
        ($all | Sort-Object -Descending).Shell | Should -Be ($all.Shell | Sort-Object -Descending)
        @($all + $all | Group-Object).Count | Should -Be $all.Count
        $difference = Compare-Object $all $all[1..($all.Count - 1)]
        $difference.InputObject.Shell | Should -Be $all[0].Shell
        $difference.SideIndicator | Should -Be '<='
    }

    It 'names properties that there are: <set> of <name>' -ForEach $sets {
        Get-CodexportStatus -HomePath $TestDrive | Out-Null
        (Get-TypeData $name).$set.ReferencedProperties | Should -Be $properties
        $assemblies = [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -like 'Codexport.*' }
        $type = $assemblies | ForEach-Object { $_.GetType($name) } | Where-Object { $_ } | Select-Object -First 1
        $fields = @($type.GetProperties().Name)
        $properties | Where-Object { $_ -notin $fields } | Should -BeNullOrEmpty
    }
}

Describe 'what is shown where no view says otherwise' {
    It 'is named once for each type, since PowerShell drops its own types too when one is named twice' {
        $file = Get-Item "$ModulePath/*/Codexport.Types.ps1xml"
        ([xml] (Get-Content -Raw $file)).Types.Type.Name | Group-Object | Where-Object Count -GT 1 | Should -BeNullOrEmpty
        Get-CodexportStatus -HomePath $TestDrive | Out-Null
        (Get-Process -Id $PID).Path | Should -Not -BeNullOrEmpty
    }

    # An event has other fields for each thing that happens, and shows all of them.
    It 'is named for each result: <_>' -ForEach ($written -notlike '*.MasterEvent') {
        Get-CodexportStatus -HomePath $TestDrive | Out-Null
        (Get-TypeData $_).DefaultDisplayPropertySet.ReferencedProperties.Count | Should -BeGreaterThan 1
    }

    It 'is what Format-List shows of it' {
        $all = @(Get-CodexportShellIntegration -HomePath $TestDrive)
        $shown = $all[0] | Format-List | Out-String
        'Shell', 'Installed', 'Current', 'File' | ForEach-Object { $shown | Should -Match "(?m)^$_ +:" }
        $shown | Should -Not -Match '(?m)^Changed +:'
        $all[0] | Format-List * | Out-String | Should -Match '(?m)^Changed +:'
    }
}

Describe 'the views' {
    BeforeAll {
        # What a session of its own prints, with the module found by its path.
        function Invoke-Session([string] $Command) { pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; $Command" *>&1 | Out-String }
        $count = '@(Get-FormatData Codexport.*).Count'
        $status = "Get-CodexportStatus -HomePath '$TestDrive'"
    }

    It 'are not there before a result is, after the hook''s command neither' {
        Invoke-Session "$count; Sync-CodexportFollower -Quick -HomePath '$TestDrive'; $count; @(Get-TypeData Codexport.*).Count" | Should -Match '^0\s+0\s+0\s*$'
    }

    It 'come with the first result, all of them, once' {
        $all = ([xml] (Get-Content -Raw (Get-ChildItem $ModulePath -Recurse -Filter Codexport.Format.ps1xml))).SelectNodes('//TypeName').InnerText | Sort-Object -Unique
        Invoke-Session "`$null = $status; $count; `$null = $status; $count" | Should -Match "^$($all.Count)\s+$($all.Count)\s*$"
    }

    It 'show the first result already' {
        Invoke-Session "$status | Format-Table" | Should -Match 'Role +Master +Revision +LastSync +LastError'
    }

    It 'come again with a new import, whatever the session''s preferences' {
        $preferences = '$WhatIfPreference = $true; $ConfirmPreference = "Low"; $ErrorActionPreference = "Stop"; $VerbosePreference = "Continue"'
        $output = Invoke-Session "`$null = $status; Import-Module '$ModulePath' -Force; $preferences; $status | Format-Table"
        $output | Should -Match 'Role +Master +Revision'
        $output | Should -Not -Match 'What if|FormatData'
    }

    It 'come in a runspace of its own' {
        Invoke-Session "1 | ForEach-Object -Parallel { Import-Module '$ModulePath'; $status | Format-Table | Out-String }" | Should -Match 'Role +Master +Revision'
    }

    It 'come from a folder with wildcards in its name' {
        $copy = New-Item -ItemType Directory (Join-Path $TestDrive 'a[b]c')
        Get-ChildItem -LiteralPath $ModulePath | Copy-Item -Recurse -Destination $copy.FullName
        $manifest = Get-ChildItem -LiteralPath $copy -Recurse -Filter Codexport.psd1
        pwsh -NoProfile -NonInteractive -Command "Import-Module ([WildcardPattern]::Escape('$manifest')); $status | Format-Table" *>&1 | Out-String |
            Should -Match 'Role +Master +Revision'
    }

    It 'are missed without harm where a session allows no further views' {
        $session = [initialsessionstate]::CreateDefault2()
        $session.Formats.Clear()
        $session.Formats.Add([System.Management.Automation.Runspaces.SessionStateFormatEntry]::new([System.Management.Automation.Runspaces.FormatTable]::LoadDefaultFormatFiles()))
        $shell = [powershell]::Create($session)
        try {
            $result = $shell.AddScript("Import-Module '$ModulePath'; $status -Verbose").Invoke()
            $result.Role | Should -Be 'none'
            $shell.Streams.Error | Should -BeNullOrEmpty
            $shell.Streams.Verbose -join ' ' | Should -Match 'views .* could not be loaded'
        } finally {
            $shell.Dispose()
        }
    }
}

Describe 'the import' {
    It 'does nothing but import' {
        $userHome = New-Item -ItemType Directory (Join-Path $TestDrive 'empty')
        $saved = $env:HOME, $env:USERPROFILE
        try {
            $env:HOME = $env:USERPROFILE = $userHome.FullName
            # PowerShell itself may leave a cache of its own.
            pwsh -NoProfile -NonInteractive -Command exit
            $before = Get-ChildItem -Recurse -Force $userHome -Name
            $output = pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'" *>&1
            $output | Should -BeNullOrEmpty
            Get-ChildItem -Recurse -Force $userHome -Name | Should -Be $before
        } finally {
            $env:HOME, $env:USERPROFILE = $saved
        }
    }
}
