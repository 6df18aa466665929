param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
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
        foreach ($command in Get-Command -Module Codexport | Where-Object Verb -NotIn 'Get', 'Compare', 'Test') {
            $command.Parameters.Keys | Should -Contain 'WhatIf' -Because $command.Name
        }
    }
}

Describe 'errors' {
    It 'carry a stable id, a category and a recommended action' {
        $record = $null
        try { Join-CodexportFollower 'not a link' -HomePath $TestDrive } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'JoinLinkInvalid,*'
        $record.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $record.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'are named when a home is not a follower yet' {
        $record = $null
        try { Sync-CodexportFollower -HomePath (Join-Path $TestDrive 'none') } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'NotFollower,*'
        $record.CategoryInfo.Category | Should -Be 'InvalidOperation'
    }

    It 'are named when a home is not a master' {
        $record = $null
        try { New-CodexportJoinLink localhost -HomePath (Join-Path $TestDrive 'none') } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'NotMaster,*'
    }
}

Describe '-WhatIf' {
    It 'changes nothing' {
        $userHome = Join-Path $TestDrive 'whatif'
        New-Item -ItemType Directory $userHome/.codex | Out-Null
        Initialize-CodexportMaster -HomePath $userHome -WhatIf | Should -BeNullOrEmpty
        Get-ChildItem -Force $userHome -Name | Should -Be '.codex'
    }
}
